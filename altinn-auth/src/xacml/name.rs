//! The URNs of the standard that programs build requests from.

/// The category of the subject that asks for access.
pub const ACCESS_SUBJECT: &str = "urn:oasis:names:tc:xacml:1.0:subject-category:access-subject";
/// The category of what access is asked to.
pub const RESOURCE: &str = "urn:oasis:names:tc:xacml:3.0:attribute-category:resource";
/// The category of what is to be done with it.
pub const ACTION: &str = "urn:oasis:names:tc:xacml:3.0:attribute-category:action";
/// The category of what is so around the request, such as the time.
pub const ENVIRONMENT: &str = "urn:oasis:names:tc:xacml:3.0:attribute-category:environment";

/// The attribute that names the action: `read`, `write`, `sign`, ...
pub const ACTION_ID: &str = "urn:oasis:names:tc:xacml:1.0:action:action-id";
/// The time of day of the decision, in [`ENVIRONMENT`].
pub const CURRENT_TIME: &str = "urn:oasis:names:tc:xacml:1.0:environment:current-time";
/// The date of the decision, in [`ENVIRONMENT`].
pub const CURRENT_DATE: &str = "urn:oasis:names:tc:xacml:1.0:environment:current-date";
/// The date and time of the decision, in [`ENVIRONMENT`].
pub const CURRENT_DATE_TIME: &str = "urn:oasis:names:tc:xacml:1.0:environment:current-dateTime";

/// The namespace of XACML 3.0 policies, requests and responses.
pub(crate) const NAMESPACE: &str = "urn:oasis:names:tc:xacml:3.0:core:schema:wd-17";
