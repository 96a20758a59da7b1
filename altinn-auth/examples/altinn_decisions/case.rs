//! A case: a request, and what is expected of it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use altinn_auth::decision::{DecisionPoint, Endpoint, RequestFault};
use altinn_auth::xacml::{Request, name};

use super::Failure;
use super::expected::{self, Answer};
use super::json;

/// A case by the path of its request, without `Request` and what follows.
pub(crate) struct Case {
    stem: PathBuf,
    request: PathBuf,
}

impl Case {
    /// Every case below a folder, by name.
    pub(crate) fn all_below(folder: &Path) -> Result<Vec<Self>, Failure> {
        let mut cases = Vec::new();
        let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                cases.extend(Self::all_below(&path)?);
            } else {
                cases.extend(Self::of(path));
            }
        }
        cases.sort_by(|a, b| a.request.cmp(&b.request));
        Ok(cases)
    }

    fn of(request: PathBuf) -> Option<Self> {
        let file = request.file_name()?.to_str()?;
        let name = file.strip_suffix("Request.xml").or_else(|| file.strip_suffix("Request.json"))?;
        (!name.ends_with("Enriched"))
            .then(|| Self { stem: request.with_file_name(name), request: request.clone() })
    }

    /// What the case is called.
    pub(crate) fn name(&self) -> std::borrow::Cow<'_, str> {
        self.stem.file_name().unwrap_or_default().to_string_lossy()
    }

    /// The policy that stands beside the case.
    pub(crate) fn own_policy(&self) -> Option<PathBuf> {
        self.beside("Policy.xml")
    }

    fn beside(&self, ending: &str) -> Option<PathBuf> {
        let path = self.stem.with_file_name(format!("{}{ending}", self.name()));
        path.is_file().then_some(path)
    }

    /// Runs the case; an error says what is different.
    pub(crate) async fn run(&self, point: &DecisionPoint) -> Result<(), Failure> {
        let text = json::text_of(&self.request)?;
        let is_json = self.request.extension().is_some_and(|extension| extension == "json");
        let read = if is_json { Request::read_json(text) } else { Request::read_xml(text) };
        // What is no request is answered as Altinn does: like one that cannot be decided.
        let requests = read.unwrap_or_else(|_| vec![Request::new()]);
        let endpoint = self.endpoint(is_json, &requests);
        let mut compared = false;
        if let Some(path) = self.beside("EnrichedRequest.xml") {
            compared = true;
            let expected = Request::read_xml(json::text_of(&path)?)?;
            for (request, expected) in requests.iter().zip(&expected) {
                let enriched = point.enrich(request.clone(), endpoint).await?;
                same("the enriched request", &values(expected), &values(&enriched))?;
            }
        }
        let response = self.beside("Response.json").or_else(|| self.beside("Response.xml"));
        if let Some(path) = response {
            compared = true;
            let answers = decide(point, requests, endpoint).await;
            same("the answer", &expected::read(&path)?, &answers)?;
        }
        if compared { Ok(()) } else { Err("the case expects nothing".into()) }
    }

    /// At which endpoint the request is put: the one for outsiders takes JSON alone. Resources of the registry are
    /// asked for there, and so is an app by whoever names the subject as only outsiders may or do: by a national
    /// identity number, an organization number or a system user.
    fn endpoint(&self, is_json: bool, requests: &[Request]) -> Endpoint {
        let of_registry = self.stem.components().any(|part| part.as_os_str() == "ResourceRegistry");
        let outsiders = [
            "urn:altinn:person:identifier-no",
            "urn:altinn:organization:identifier-no",
            "urn:altinn:systemuser:uuid",
        ];
        let by_outsider = requests
            .iter()
            .flat_map(Request::attributes)
            .any(|(category, id, _)| category == name::ACCESS_SUBJECT && outsiders.contains(&id));
        if is_json && (of_registry || by_outsider) { Endpoint::Authorize } else { Endpoint::Decision }
    }
}

/// The answers to requests that were put together; one that cannot be decided makes all of them one Indeterminate.
async fn decide(point: &DecisionPoint, requests: Vec<Request>, endpoint: Endpoint) -> Vec<Answer> {
    let mut answers = Vec::new();
    for request in requests {
        match point.decide(request, endpoint).await {
            Ok(ruling) => answers.push(Answer::of(&ruling)),
            Err(fault) => return vec![undecided(&fault, endpoint)],
        }
    }
    answers
}

fn undecided(fault: &RequestFault, endpoint: Endpoint) -> Answer {
    let status = fault.status(endpoint).urn().to_owned();
    Answer { decision: "Indeterminate".to_owned(), status, obligations: 0, first_obligation: Vec::new() }
}

/// The values of a request by category and attribute, in small letters: Altinn compares them so.
fn values(request: &Request) -> BTreeSet<(String, String, String)> {
    let owned = |(category, id, value): (&str, &str, &altinn_auth::xacml::Value)| {
        (category.to_owned(), id.to_owned(), value.to_string().to_lowercase())
    };
    request.attributes().map(owned).collect()
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, expected: &T, got: &T) -> Result<(), Failure> {
    if expected == got {
        return Ok(());
    }
    Err(format!("{what}\n  expected {expected:?}\n  got      {got:?}").into())
}
