//! What is done by a permit.

/// What somebody does by a permit, where the trail is to tell more than what was decided.
///
/// ```
/// use altinn_auth::trail::Deed;
///
/// let deed = Deed::to("lookup/3f0b9f0c").because("an application of the business itself");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Deed {
    pub(super) element: Option<String>,
    pub(super) action: Option<String>,
    pub(super) purpose: Option<String>,
}

impl Deed {
    /// Something done to an element, as the service calls it: `lookup/...`, `case/...`, an instance. Nothing personal
    /// stands in it.
    pub fn to(element: impl Into<String>) -> Self {
        Self { element: Some(element.into()), ..Self::default() }
    }

    /// Something that the service calls by another name than the policy calls the action.
    pub fn called(action: impl Into<String>) -> Self {
        Self { action: Some(action.into()), ..Self::default() }
    }

    /// The same, to an element.
    #[must_use]
    pub fn on(mut self, element: impl Into<String>) -> Self {
        self.element = Some(element.into());
        self
    }

    /// The same, and why, in the words of whoever does it.
    #[must_use]
    pub fn because(mut self, purpose: impl Into<String>) -> Self {
        self.purpose = Some(purpose.into());
        self
    }
}
