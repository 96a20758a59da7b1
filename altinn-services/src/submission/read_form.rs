//! Forms as JSON or as XML, by content type.

use altinn_core::{Actor, InstanceId};

use super::{DataElement, Service, SubmissionError, Submissions};
use crate::form::{FormData, FormDataError, FormFormat, FormLimits, take_row_ids};

impl Service {
    /// Reads form data that came with a content type: JSON, or XML as the form's XSD (else its schema) says.
    ///
    /// # Errors
    /// [`SubmissionError::Form`] says where and why it is none.
    pub fn read_form(
        &self,
        data_type: &str,
        content_type: &str,
        bytes: &[u8],
        limits: FormLimits,
    ) -> Result<FormData, SubmissionError> {
        match FormFormat::of(content_type)? {
            FormFormat::Json => Ok(FormData::parse(bytes, limits)?),
            FormFormat::Xml => {
                let model = self.definition().xml_model(data_type).ok_or(FormDataError::NoXmlModel)?;
                Ok(FormData::parse_xml(bytes, model, limits)?)
            }
        }
    }

    /// Writes a form in the format of a content type: JSON, or XML as the form's XSD (else its schema) says.
    ///
    /// # Errors
    /// [`SubmissionError::Form`] when it can not be written so.
    pub fn write_form(&self, element: &DataElement, content_type: &str) -> Result<Vec<u8>, SubmissionError> {
        match FormFormat::of(content_type)? {
            FormFormat::Json => Ok(element.content().to_vec()),
            FormFormat::Xml => {
                let model = self.definition().xml_model(element.data_type());
                let model = model.ok_or(FormDataError::NoXmlModel)?;
                let mut data = element.form()?;
                take_row_ids(&mut data);
                Ok(model.write(&data).map_err(FormDataError::from)?.into_bytes())
            }
        }
    }
}

impl Submissions<'_> {
    /// A form of an instance in the format of a content type: JSON, or XML as the form's XSD (else its schema) says.
    /// XML holds no row ids.
    ///
    /// # Errors
    /// [`SubmissionError::NotFound`] and [`SubmissionError::Access`] as [`Submissions::get`];
    /// [`SubmissionError::UnknownForm`] when the instance has no such form; [`SubmissionError::Form`] when it can not be
    /// written so.
    pub async fn form(
        &self,
        actor: &Actor,
        id: &InstanceId,
        data_type: &str,
        content_type: &str,
    ) -> Result<Vec<u8>, SubmissionError> {
        let unknown = || SubmissionError::UnknownForm { data_type: data_type.to_owned() };
        let found = self.find_element(actor, id, |element| element.data_type == data_type).await?;
        let (instance, element) = found.ok_or_else(unknown)?;
        self.service_of(&instance)?.write_form(&element, content_type)
    }
}
