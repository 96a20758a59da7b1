//! Whether actions can be carried out.

use altinn_notify::Template;

use super::{Definition, MemberKind, Trigger};
use crate::collaboration::{Action, Deadline, Notice};

/// The most days of a deadline.
const MAX_DAYS: u32 = 3_650;

impl Definition {
    /// Refuses an action that names what is not there. What follows from opening has no event to copy from.
    pub(super) fn check_action(&self, action: &Action, on: Option<&Trigger>) -> Result<(), String> {
        match action {
            Action::Start(member) => self.check_member(member, MemberKind::Submission),
            Action::Message(message) => self.check_member(&message.member, MemberKind::Correspondence),
            Action::Notify(notice) => {
                self.check_participant(&notice.to)?;
                template(notice).map(|_| ()).map_err(|error| error.to_string())
            }
            Action::Deadline(Deadline { name, days }) if !(1..=MAX_DAYS).contains(days) => {
                Err(format!("the deadline `{name}` has {days} days, which are not 1 to {MAX_DAYS}"))
            }
            Action::Deadline(_) => Ok(()),
            Action::Cancel(name) if self.sets_deadline(name) => Ok(()),
            Action::Cancel(name) => Err(format!("nothing sets the deadline `{name}`")),
            Action::Copy(fields) => {
                let of_event = on.and_then(|on| self.data_of(on)).unwrap_or_default();
                for (shared, field) in fields {
                    let kind = self.data.get(shared);
                    let kind = kind.ok_or_else(|| format!("there is no shared data `{shared}`"))?;
                    let found = of_event.get(field);
                    let found = found.ok_or_else(|| format!("the event carries no `{field}`"))?;
                    if kind != found {
                        return Err(format!("`{shared}` and `{field}` are not of the same kind"));
                    }
                }
                Ok(())
            }
        }
    }

    pub(super) fn check_participant(&self, role: &str) -> Result<(), String> {
        if self.participants.contains_key(role) {
            Ok(())
        } else {
            Err(format!("there is no participant `{role}`"))
        }
    }

    fn check_member(&self, name: &str, kind: MemberKind) -> Result<(), String> {
        match self.members.get(name) {
            None => Err(format!("there is no member `{name}`")),
            Some(member) if member.kind == kind => Ok(()),
            Some(_) => Err(format!("the member `{name}` is of another kind")),
        }
    }

    /// Whether some action sets a deadline.
    pub(super) fn sets_deadline(&self, name: &str) -> bool {
        self.all_actions().any(|action| matches!(action, Action::Deadline(deadline) if deadline.name == name))
    }

    /// Whether some action makes instances of a member.
    pub(super) fn makes(&self, name: &str) -> bool {
        self.all_actions().any(|action| match action {
            Action::Start(member) => member == name,
            Action::Message(message) => message.member == name,
            _ => false,
        })
    }
}

/// The text of a notification.
pub(in crate::collaboration) fn template(notice: &Notice) -> Result<Template, altinn_notify::TemplateError> {
    Template::new("collaboration", "1", notice.subject.clone(), notice.body.clone())?
        .with_sms(notice.body.clone())
}
