package portfolio

import "github.com/shopspring/decimal"

// Money is an exact decimal amount in one currency (ISO 4217, as in EUR).
type Money struct {
	Amount   decimal.Decimal `json:"amount"`
	Currency string          `json:"currency"`
}

// String returns the amount and its currency, as in "1200.50 EUR".
func (m Money) String() string { return m.Amount.String() + " " + m.Currency }
