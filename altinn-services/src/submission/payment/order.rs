//! What is to be paid.

use serde::{Deserialize, Serialize};

use super::Hundredths;

/// What is to be paid, with the names of Altinn's `OrderDetails`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
#[cfg_attr(feature = "axum", derive(utoipa::ToSchema))]
pub struct OrderDetails {
    /// Who takes the payment (`Nets Easy`, ...).
    pub payment_processor_id: String,
    /// The currency (ISO 4217).
    pub currency: String,
    /// The lines.
    pub order_lines: Vec<OrderLine>,
    /// What all lines cost without VAT.
    #[cfg_attr(feature = "axum", schema(value_type = f64))]
    pub total_price_ex_vat: Hundredths,
    /// The VAT of all lines.
    #[cfg_attr(feature = "axum", schema(value_type = f64))]
    pub total_vat: Hundredths,
    /// What is paid.
    #[cfg_attr(feature = "axum", schema(value_type = f64))]
    pub total_price_inc_vat: Hundredths,
}

/// A line of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
#[cfg_attr(feature = "axum", derive(utoipa::ToSchema))]
pub struct OrderLine {
    /// The id.
    pub id: String,
    /// What is paid for.
    pub name: String,
    /// What one costs without VAT.
    #[cfg_attr(feature = "axum", schema(value_type = f64))]
    pub price_ex_vat: Hundredths,
    /// How many.
    pub quantity: u32,
    /// The rate of VAT, in per cent.
    #[cfg_attr(feature = "axum", schema(value_type = f64))]
    pub vat_percent: Hundredths,
}

impl OrderDetails {
    /// An order in Norwegian kroner of these lines, with its sums; VAT is rounded for each line.
    ///
    /// ```
    /// use altinn_services::submission::{Hundredths, OrderDetails, OrderLine};
    ///
    /// let fee = OrderLine::new("fee", "Gebyr", Hundredths::whole(1_000), 2, Hundredths::whole(25));
    /// let order = OrderDetails::in_kroner("Nets Easy", vec![fee]);
    /// assert_eq!(order.total_price_inc_vat, Hundredths::whole(2_500));
    /// ```
    pub fn in_kroner(payment_processor_id: impl Into<String>, order_lines: Vec<OrderLine>) -> Self {
        let sum = |of: &dyn Fn(&OrderLine) -> Hundredths| {
            order_lines.iter().fold(Hundredths::default(), |sum, line| sum.plus(of(line)))
        };
        let (total_price_ex_vat, total_vat) = (sum(&OrderLine::total_ex_vat), sum(&OrderLine::total_vat));
        Self {
            payment_processor_id: payment_processor_id.into(),
            currency: "NOK".to_owned(),
            total_price_inc_vat: total_price_ex_vat.plus(total_vat),
            order_lines,
            total_price_ex_vat,
            total_vat,
        }
    }
}

impl OrderLine {
    /// A line: what one costs without VAT, how many, and the rate of VAT in per cent.
    pub fn new(
        id: impl Into<String>,
        name: impl Into<String>,
        price_ex_vat: Hundredths,
        quantity: u32,
        vat_percent: Hundredths,
    ) -> Self {
        Self { id: id.into(), name: name.into(), price_ex_vat, quantity, vat_percent }
    }

    /// What the line costs without VAT.
    pub fn total_ex_vat(&self) -> Hundredths {
        self.price_ex_vat.times(self.quantity)
    }

    /// The line's VAT.
    pub fn total_vat(&self) -> Hundredths {
        self.total_ex_vat().percent(self.vat_percent)
    }
}
