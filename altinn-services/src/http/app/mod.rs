//! The app API: what Altinn 3's apps answer under `/{org}/{app}`. An app that names scopes (`apiScopes`) asks for them in
//! tokens.

mod actions;
mod at;
mod content;
mod content_disposition;
mod data;
mod element_metadata;
mod instances;
mod instantiation;
mod life;
mod lookups;
mod metadata;
mod multipart;
mod options;
mod parties;
mod patches;
mod payment;
mod process;
mod signing;
mod stateless;
mod validate;

pub(super) use at::{InstancePath, ServicePath, answer_of, answered, not_found, of_service};
pub(super) use content::content;
#[cfg(any(feature = "broker", feature = "correspondence"))]
pub(super) use content_disposition::attachment;
pub(super) use metadata::Texts;

use axum::Router;
use axum::middleware::from_fn_with_state;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::overload::large_bodies;
use super::{Api, router};

/// The app API: instances, data elements, forms of stateless apps, validation, process, actions, signing, texts, options and metadata of the
/// services that are published, as Altinn 3's apps answer them under `/{org}/{app}`.
pub fn app(api: &Api) -> Router {
    router::alone(api, routes(api))
}

pub(super) fn routes(api: &Api) -> OpenApiRouter<Api> {
    // Files are read whole: there are fewer at once, and they may be larger.
    let uploads = OpenApiRouter::new()
        .routes(routes!(instances::instantiate))
        .routes(routes!(data::add, patches::patch_all))
        .routes(routes!(data::replace))
        .layer(from_fn_with_state(api.clone(), large_bodies));
    OpenApiRouter::new()
        .merge(uploads)
        .routes(routes!(data::get, data::remove))
        .routes(routes!(instances::create))
        .routes(routes!(instances::get, life::delete))
        .routes(routes!(instances::active))
        .routes(routes!(stateless::get, stateless::post, stateless::put))
        .routes(routes!(stateless::get_anonymous, stateless::post_anonymous, stateless::put_anonymous))
        .routes(routes!(life::complete))
        .routes(routes!(life::substatus))
        .routes(routes!(patches::patch))
        .routes(routes!(element_metadata::tags, element_metadata::add, element_metadata::set))
        .routes(routes!(element_metadata::remove))
        .routes(routes!(element_metadata::user_defined, element_metadata::set_user_defined))
        .routes(routes!(process::get))
        .routes(routes!(process::start))
        .routes(routes!(process::next))
        .routes(routes!(process::complete))
        .routes(routes!(process::history))
        .routes(routes!(validate::instance))
        .routes(routes!(validate::element))
        .routes(routes!(actions::act))
        .routes(routes!(payment::information))
        .routes(routes!(payment::order))
        .routes(routes!(signing::signees))
        .routes(routes!(signing::data_elements))
        .routes(routes!(metadata::application))
        .routes(routes!(metadata::texts))
        .routes(routes!(options::of_service))
        .routes(routes!(options::of_instance))
        .routes(routes!(parties::parties))
        .routes(routes!(parties::current))
        .routes(routes!(parties::validate))
        .routes(routes!(lookups::organization))
        .routes(routes!(lookups::person))
        .routes(routes!(metadata::schema))
        .routes(routes!(metadata::process))
        .routes(routes!(metadata::policy))
}
