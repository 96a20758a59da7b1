//! `DataElement` of Altinn's storage.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::definition::DataType;
use crate::submission::{DataElement, Instance, Service};

/// A form, a file or a signature of an instance, without its content.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(title = "DataElement")]
pub(in crate::http) struct DataElementAnswer {
    id: Uuid,
    instance_guid: Uuid,
    /// The data type, as `applicationmetadata.json` names it.
    data_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    filename: Option<String>,
    content_type: String,
    /// In bytes, as it is kept.
    size: usize,
    /// Whether it may no longer be changed.
    locked: bool,
    is_read: bool,
    #[schema(example = "NotApplicable")]
    file_scan_result: &'static str,
    refs: Vec<Uuid>,
    tags: Vec<String>,
    created: DateTime<Utc>,
    last_changed: DateTime<Utc>,
}

impl DataElementAnswer {
    /// An element of an instance. A form is XML to Altinn's clients where its app says how.
    pub(in crate::http) fn of(element: &DataElement, instance: &Instance, service: Option<&Service>) -> Self {
        let is_xml_form = service.is_some_and(|service| {
            service.definition().metadata().data_type(element.data_type()).is_some_and(DataType::is_form)
                && service.definition().xml_model(element.data_type()).is_some()
        });
        Self {
            id: element.id(),
            instance_guid: instance.id().guid,
            data_type: element.data_type().to_owned(),
            filename: element.file_name().map(str::to_owned),
            content_type: if is_xml_form { "application/xml" } else { element.content_type() }.to_owned(),
            size: element.content().len(),
            locked: instance.process().has_ended(),
            is_read: true,
            file_scan_result: element.file_scan().as_str(),
            refs: Vec::new(),
            tags: Vec::new(),
            created: element.created(),
            last_changed: element.changed(),
        }
    }
}
