//! How a service is begun.

use super::fault::{Fault, FaultSeverity};
use super::sources::Sources;
use crate::definition::AppDefinition;

pub(super) fn look(app: &AppDefinition, sources: &Sources<'_>, faults: &mut Vec<Fault>) {
    let metadata = app.metadata();
    let mut fault = |code, word, detail| {
        faults.push(sources.fault(code, FaultSeverity::Error, (sources.metadata(), word), detail));
    };
    let validity = metadata.validity();
    if let (Some(from), Some(to)) = (validity.from, validity.to)
        && to <= from
    {
        let detail = format!("no instance is ever made: `validTo` ({to}) is not after `validFrom` ({from})");
        fault("CHECK-VALIDITY", "validTo", detail);
    }
    let opens_on = metadata.on_entry().filter(|_| metadata.is_stateless());
    if let Some(show) = opens_on.filter(|show| app.layouts_of(show).is_none()) {
        let detail =
            format!("the service opens on `{show}` (`onEntry.show`), and there are no layouts of that name");
        fault("CHECK-ENTRY", show, detail);
    }
}
