//! A long way: a form, a payment, service tasks of both kinds, a signature and a document, each once.

use serde_json::json;

use super::OwnApp;

/// The tasks of the app, in their order.
pub(crate) const TASKS: [&str; 6] = ["Fill", "Pay", "Tell", "Sign", "Write", "Send"];

/// What an instance holds at its end, each once; `case-number` where the register of task `Tell` gives one.
pub(crate) const HELD: [&str; 7] = [
    "case-number",
    "form",
    "payment",
    "payment-receipt",
    "ref-data-as-pdf",
    "signature",
    "signature-evidence",
];

/// The app `ttd/long-way`.
pub(crate) fn long_way() -> OwnApp {
    let actions = |names: &[&str]| {
        let actions = names.iter().map(|name| format!("<altinn:action>{name}</altinn:action>"));
        format!("<altinn:actions>{}</altinn:actions>", actions.collect::<String>())
    };
    let payment = "<altinn:paymentConfig><altinn:paymentDataType>payment</altinn:paymentDataType>\
        <altinn:paymentReceiptPdfDataType>payment-receipt</altinn:paymentReceiptPdfDataType></altinn:paymentConfig>";
    let signature = "<altinn:signatureConfig><altinn:dataTypesToSign><altinn:dataType>form</altinn:dataType>\
        </altinn:dataTypesToSign><altinn:signatureDataType>signature</altinn:signatureDataType></altinn:signatureConfig>";
    let app = HELD.into_iter().filter(|id| *id != "form" && *id != "signature-evidence");
    let app = app.fold(OwnApp::new("long-way"), |app, id| app.data_type(json!({"id": id})));
    let app = app
        .task("Pay", "task", "payment", &format!("{}{payment}", actions(&["pay", "confirm"])))
        .task("Tell", "serviceTask", "register", "")
        .task("Sign", "task", "signing", &format!("{}{signature}", actions(&["sign"])))
        .task("Write", "serviceTask", "pdf", "")
        .task("Send", "serviceTask", "eFormidling", "")
        .flow("Send", "End");
    let app = TASKS.windows(2).fold(app, |app, pair| app.flow(pair[0], pair[1]));
    app.action("pay").action("confirm").action("sign")
}
