package portfolio

import (
	"fmt"

	"github.com/shopspring/decimal"
)

// Money is an exact decimal amount in one currency (ISO 4217, as in EUR).
type Money struct {
	Amount   decimal.Decimal `json:"amount"`
	Currency string          `json:"currency"`
}

// ParseMoney reads a decimal amount and pairs it with its currency.
func ParseMoney(amount, currency string) (Money, error) {
	d, err := decimal.NewFromString(amount)
	if err != nil {
		return Money{}, fmt.Errorf("%w: %q is not a decimal amount", ErrInvalid, amount)
	}
	return Money{Amount: d, Currency: currency}, nil
}

// String returns the amount and its currency, as in "1200.50 EUR".
func (m Money) String() string { return m.Amount.String() + " " + m.Currency }
