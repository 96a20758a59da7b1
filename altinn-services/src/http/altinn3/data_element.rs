//! `DataElement` of Altinn's storage.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
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
    /// What users keep with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    user_defined_metadata: Vec<KeyValue>,
    created: DateTime<Utc>,
    last_changed: DateTime<Utc>,
}

/// A value by its key.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(title = "KeyValueEntry")]
pub(in crate::http) struct KeyValue {
    key: String,
    value: String,
}

impl KeyValue {
    /// What users keep with an element.
    pub(in crate::http) fn all_of(element: &DataElement) -> Vec<Self> {
        let kept = element.metadata().user_defined.iter();
        kept.map(|(key, value)| Self { key: key.clone(), value: value.clone() }).collect()
    }

    pub(in crate::http) fn into_pair(self) -> (String, String) {
        (self.key, self.value)
    }
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
            tags: element.metadata().tags.clone(),
            user_defined_metadata: KeyValue::all_of(element),
            created: element.created(),
            last_changed: element.changed(),
        }
    }
}
