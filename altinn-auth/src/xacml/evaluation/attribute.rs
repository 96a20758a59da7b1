//! The values of attributes: of the request, else of the clock, else of the source.

use super::super::compiled::{AttributeKey, AttributeUse};
use super::super::request::RequestAttribute;
use super::super::status::{Fault, MissingAttribute};
use super::super::{DataType, Value, name};
use super::Evaluator;

impl<'a> Evaluator<'a> {
    /// The values of an attribute; a fault when it must be present and is not.
    pub(super) fn attribute(&'a self, attribute: AttributeUse) -> Result<&'a [Value], Fault> {
        let index = usize::try_from(attribute.slot).unwrap_or(usize::MAX);
        let (Some(cell), Some(key)) = (self.values.get(index), self.policy.attributes.key(attribute.slot))
        else {
            return Err(Fault::processing("an attribute is not known"));
        };
        let values = cell.get_or_init(|| self.find(key)).as_deref().map_err(Clone::clone)?;
        if values.is_empty() && attribute.must_be_present {
            return Err(missing(key));
        }
        Ok(values)
    }

    fn find(&self, key: &AttributeKey) -> Result<Vec<Value>, Fault> {
        #[cfg(feature = "xpath")]
        if let Some(selector) = &key.selector {
            return self.selected(&selector.0, key.data_type);
        }
        let given = self.request.attributes.iter().filter(|attribute| is_of(attribute, key));
        let given: Vec<Value> = given.map(|attribute| attribute.value.clone()).collect();
        if !given.is_empty() {
            return Ok(given);
        }
        if let Some(moment) = self.moment(key) {
            return Ok(vec![moment]);
        }
        let Some(source) = self.source else { return Ok(given) };
        let mut supplied = source.values(&key.category, &key.id, key.data_type).map_err(Fault::processing)?;
        supplied.retain(|value| value.data_type() == key.data_type);
        Ok(supplied)
    }

    /// The time of the decision, for the attributes of that name.
    fn moment(&self, key: &AttributeKey) -> Option<Value> {
        let data_type = match &*key.id {
            name::CURRENT_TIME => DataType::Time,
            name::CURRENT_DATE => DataType::Date,
            name::CURRENT_DATE_TIME => DataType::DateTime,
            _ => return None,
        };
        let is_asked =
            &*key.category == name::ENVIRONMENT && key.data_type == data_type && key.issuer.is_none();
        let moments = Value::moments_of(self.run.surroundings.now.filter(|_| is_asked)?)?;
        moments.into_iter().find(|moment| moment.data_type() == data_type)
    }
}

fn is_of(attribute: &RequestAttribute, key: &AttributeKey) -> bool {
    attribute.value.data_type() == key.data_type
        && *attribute.name.id() == *key.id
        && *attribute.name.category() == *key.category
        && key.issuer.as_deref().is_none_or(|issuer| attribute.name.issuer() == Some(issuer))
}

fn missing(key: &AttributeKey) -> Fault {
    let path = key.selector.as_ref().map(|selector| selector.0.path.path());
    Fault::missing(MissingAttribute {
        category: key.category.to_string(),
        id: path.unwrap_or(&key.id).to_owned(),
        data_type: key.data_type,
    })
}
