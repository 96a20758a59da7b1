//! The description of the API (OpenAPI 3.1), made of the routes themselves.

use axum::Json;
use axum::response::IntoResponse;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, Content, InfoBuilder, KnownFormat, ObjectBuilder, OpenApi, OpenApiBuilder, Ref, RefOr,
    ResponseBuilder, Schema, SchemaFormat, Type,
};
use utoipa::{PartialSchema as _, ToSchema as _};

use super::problem_details::ProblemDetails;

const PROBLEM: &str = "Problem";
const TOKEN: &str = "token";

/// The media types of what is bytes, whatever they mean.
const BYTES: [&str; 4] =
    ["application/octet-stream", "application/offset+octet-stream", "application/pdf", "application/zip"];

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

/// Adds to every operation that it may be answered with a problem; a variable that takes the rest of a path (`{*path}` to the
/// routing) is named as OpenAPI names variables.
pub(super) fn finished(mut api: OpenApi) -> OpenApi {
    let paths = std::mem::take(&mut api.paths.paths);
    api.paths.paths = paths.into_iter().map(|(path, item)| (path.replace("{*", "{"), item)).collect();
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
            let sent = operation.request_body.iter_mut().filter_map(in_place);
            let sent = sent.flat_map(|body| body.content.iter_mut());
            let answered = operation.responses.responses.values_mut().filter_map(in_place);
            let answered = answered.flat_map(|response| response.content.iter_mut());
            for (media_type, content) in sent.chain(answered) {
                if let Some(content) = in_place(content)
                    && BYTES.contains(&media_type.as_str())
                {
                    content.schema = Some(bytes());
                }
            }
            let problem = Ref::from_response_name(PROBLEM);
            operation.responses.responses.entry("default".to_owned()).or_insert(problem.into());
        }
    }
    api
}

/// What is described where it is used.
fn in_place<T>(described: &mut RefOr<T>) -> Option<&mut T> {
    match described {
        RefOr::T(described) => Some(described),
        RefOr::Ref(_) => None,
    }
}

/// Bytes as they are: utoipa describes them as a list of numbers.
fn bytes() -> RefOr<Schema> {
    let format = SchemaFormat::KnownFormat(KnownFormat::Binary);
    Schema::Object(ObjectBuilder::new().schema_type(Type::String).format(Some(format)).build()).into()
}

/// Serves the description.
pub(super) fn served(api: OpenApi) -> impl Fn() -> std::future::Ready<axum::response::Response> + Clone {
    move || std::future::ready(Json(&api).into_response())
}
