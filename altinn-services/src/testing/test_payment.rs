//! A payment provider that takes no money.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;

use crate::submission::{
    Hundredths, OrderDetails, OrderLine, Payment, PaymentContext, PaymentDetails, PaymentError, PaymentStatus,
};

/// A payment provider that takes no money: every instance costs 1,000 kroner and VAT, and every payment is made when
/// it is asked for. Clones are one.
#[derive(Debug, Clone)]
pub struct TestPayment {
    pays: bool,
    payments: Arc<Mutex<BTreeMap<String, PaymentStatus>>>,
}

impl Default for TestPayment {
    fn default() -> Self {
        Self::new()
    }
}

impl TestPayment {
    /// A provider where every payment is made.
    pub fn new() -> Self {
        Self { pays: true, payments: Arc::default() }
    }

    /// A provider where a payment waits until [`set`](Self::set) says what became of it.
    pub fn waiting() -> Self {
        Self { pays: false, ..Self::new() }
    }

    /// Says what became of a payment.
    pub fn set(&self, payment_id: &str, status: PaymentStatus) {
        self.payments(|payments| payments.insert(payment_id.to_owned(), status));
    }

    /// The payments that were started, and how they stand.
    pub fn started(&self) -> BTreeMap<String, PaymentStatus> {
        self.payments(|payments| payments.clone())
    }

    fn payments<T>(&self, with: impl FnOnce(&mut BTreeMap<String, PaymentStatus>) -> T) -> T {
        with(&mut self.payments.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl Payment for TestPayment {
    async fn order(&self, _context: &PaymentContext<'_>) -> Result<OrderDetails, PaymentError> {
        let fee = OrderLine::new("fee", "Gebyr", Hundredths::whole(1_000), 1, Hundredths::whole(25));
        Ok(OrderDetails::in_kroner("Test", vec![fee]))
    }

    async fn start(
        &self,
        context: &PaymentContext<'_>,
        _order: &OrderDetails,
    ) -> Result<PaymentDetails, PaymentError> {
        let payment_id = context.key().to_string();
        let status = if self.pays { PaymentStatus::Paid } else { PaymentStatus::Created };
        self.payments(|payments| *payments.entry(payment_id.clone()).or_insert(status));
        Ok(PaymentDetails {
            redirect_url: Some(format!("https://payment.example.com/{payment_id}")),
            payment_id,
        })
    }

    async fn status(&self, payment_id: &str) -> Result<PaymentStatus, PaymentError> {
        let known = self.payments(|payments| payments.get(payment_id).copied());
        // What another process started was made.
        Ok(known.unwrap_or(if self.pays { PaymentStatus::Paid } else { PaymentStatus::Created }))
    }

    async fn cancel(&self, payment_id: &str) -> Result<(), PaymentError> {
        self.set(payment_id, PaymentStatus::Cancelled);
        Ok(())
    }
}
