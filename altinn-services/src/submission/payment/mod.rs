//! Payment tasks: what is to be paid, and who takes the payment.
//!
//! The agency's [`Payment`] says what an instance costs and talks to the payment provider. The action `pay` starts the
//! payment and gives the address to which the payer is sent; leaving the task asks the provider whether it was paid.
//! What is known of the payment stands in a data element, as Altinn keeps it in `paymentDataType`.

mod hundredths;
mod order;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

use super::{Instance, Service};
use crate::process::Task;

pub use hundredths::Hundredths;
pub use order::{OrderDetails, OrderLine};

/// What an instance costs, and who takes the payment.
///
/// `altinn_services::testing::TestPayment` (feature `testing`) is one that takes no money.
#[async_trait]
pub trait Payment: std::fmt::Debug + Send + Sync {
    /// What an instance costs.
    ///
    /// # Errors
    /// A [`PaymentError`] says why that is not known.
    async fn order(&self, context: &PaymentContext<'_>) -> Result<OrderDetails, PaymentError>;

    /// Starts a payment at the provider. It is called again with the same key when an earlier call was cut off, and must
    /// start one payment for a key.
    ///
    /// # Errors
    /// A [`PaymentError`] says why it is not started.
    async fn start(
        &self,
        context: &PaymentContext<'_>,
        order: &OrderDetails,
    ) -> Result<PaymentDetails, PaymentError>;

    /// How a payment stands at the provider.
    ///
    /// # Errors
    /// A [`PaymentError`] when the provider does not say.
    async fn status(&self, payment_id: &str) -> Result<PaymentStatus, PaymentError>;

    /// Ends a payment that is not made: the payer goes back to what they filled in. Ending one that is ended is no
    /// error.
    ///
    /// # Errors
    /// A [`PaymentError`] when it has been paid, or the provider does not end it.
    async fn cancel(&self, payment_id: &str) -> Result<(), PaymentError>;
}

/// What a [`Payment`] works on.
#[derive(Debug)]
#[non_exhaustive]
pub struct PaymentContext<'a> {
    pub(super) key: Uuid,
    pub(super) service: &'a Service,
    pub(super) instance: &'a Instance,
    pub(super) task: &'a Task,
}

impl<'a> PaymentContext<'a> {
    /// The idempotency key of the payment.
    pub fn key(&self) -> Uuid {
        self.key
    }

    /// The service.
    pub fn service(&self) -> &'a Service {
        self.service
    }

    /// The instance, with its forms.
    pub fn instance(&self) -> &'a Instance {
        self.instance
    }

    /// The payment task.
    pub fn task(&self) -> &'a Task {
        self.task
    }
}

/// How a payment stands, with Altinn's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
#[cfg_attr(feature = "axum", derive(utoipa::ToSchema))]
pub enum PaymentStatus {
    /// It is to be started.
    Uninitialized,
    /// It is started, and not made.
    Created,
    /// It is made.
    Paid,
    /// It did not go through.
    Failed,
    /// It was ended without being made.
    Cancelled,
    /// There is nothing to pay.
    Skipped,
}

impl PaymentStatus {
    /// Whether the process may go on.
    pub fn is_settled(self) -> bool {
        matches!(self, Self::Paid | Self::Skipped)
    }
}

/// What the provider says of a payment that is started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "axum", derive(utoipa::ToSchema))]
pub struct PaymentDetails {
    /// The provider's id of the payment.
    pub payment_id: String,
    /// Where the payer is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect_url: Option<String>,
}

/// All that is known of a payment: the content of the data element, as Altinn writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "axum", derive(utoipa::ToSchema))]
pub struct PaymentInformation {
    /// The payment task, by id.
    pub task_id: String,
    /// How the payment stands.
    pub status: PaymentStatus,
    /// What is to be paid.
    pub order_details: OrderDetails,
    /// What the provider says; none before it is started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_details: Option<PaymentDetails>,
}

impl PaymentInformation {
    /// What data say of a payment, where they are of one.
    pub(super) fn of(data: &serde_json::Value) -> Option<Self> {
        Self::deserialize(data).ok()
    }

    /// What is known before a payment is started.
    pub(super) fn new(task: &str, order_details: OrderDetails) -> Self {
        let free = order_details.total_price_inc_vat.get() == 0;
        let status = if free { PaymentStatus::Skipped } else { PaymentStatus::Uninitialized };
        Self { task_id: task.to_owned(), status, order_details, payment_details: None }
    }
}

/// Why a payment is not started, asked for or ended. The reason holds nothing personal.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the payment provider: {reason}")]
pub struct PaymentError {
    /// Why.
    pub reason: String,
}

impl PaymentError {
    /// An error with this reason.
    pub fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }
}
