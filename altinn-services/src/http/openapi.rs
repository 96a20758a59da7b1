//! The description of the API (OpenAPI 3.1), made of the routes themselves.

use axum::Json;
use axum::response::IntoResponse;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, Content, InfoBuilder, OpenApi, OpenApiBuilder, Ref, ResponseBuilder,
};
use utoipa::{PartialSchema as _, ToSchema as _};

use super::problem_details::ProblemDetails;

const PROBLEM: &str = "Problem";
const TOKEN: &str = "token";

/// What is said of every part before its routes are added.
pub(super) fn begun() -> OpenApi {
    let problem = Content::new(Some(Ref::from_schema_name("ProblemDetails")));
    let problem = ResponseBuilder::new()
        .description("What went wrong (RFC 9457)")
        .content(altinn_core::Problem::MEDIA_TYPE, problem)
        .build();
    let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    let mut schemas = Vec::new();
    ProblemDetails::schemas(&mut schemas);
    let components = ComponentsBuilder::new()
        .schema("ProblemDetails", ProblemDetails::schema())
        .schemas_from_iter(schemas)
        .response(PROBLEM, problem)
        .security_scheme(TOKEN, SecurityScheme::Http(token))
        .build();
    OpenApiBuilder::new()
        .info(InfoBuilder::new().title("Altinn services").version(env!("CARGO_PKG_VERSION")).build())
        .components(Some(components))
        .security(Some([SecurityRequirement::new(TOKEN, [] as [&str; 0])]))
        .build()
}

/// Adds to every operation that it may be answered with a problem.
pub(super) fn finished(mut api: OpenApi) -> OpenApi {
    for item in api.paths.paths.values_mut() {
        let operations = [
            &mut item.get,
            &mut item.put,
            &mut item.post,
            &mut item.delete,
            &mut item.patch,
            &mut item.head,
            &mut item.options,
        ];
        for operation in operations.into_iter().flatten() {
            let problem = Ref::from_response_name(PROBLEM);
            operation.responses.responses.entry("default".to_owned()).or_insert(problem.into());
        }
    }
    api
}

/// Serves the description.
pub(super) fn served(api: OpenApi) -> impl Fn() -> std::future::Ready<axum::response::Response> + Clone {
    move || std::future::ready(Json(&api).into_response())
}
