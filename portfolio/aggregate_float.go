package portfolio

import (
	"fmt"
	"math"
	"slices"
)

// FloatStatistics are figures over computed values of which some may be
// missing.
type FloatStatistics struct {
	values []float64 // sorted
	// Missing counts the rows without a value; they are in none of the figures.
	Missing int
}

func floatStatistics[R any](each func(func(*R)), of func(*R) *float64) *FloatStatistics {
	s := &FloatStatistics{}
	each(func(r *R) {
		if f := of(r); f != nil {
			s.values = append(s.values, *f)
		} else {
			s.Missing++
		}
	})
	slices.Sort(s.values)
	return s
}

// Count counts the rows that have a value.
func (s *FloatStatistics) Count() int { return len(s.values) }

// Mean is the arithmetic mean; nil when there is no value.
func (s *FloatStatistics) Mean() *float64 {
	if len(s.values) == 0 {
		return nil
	}
	sum := 0.0
	for _, f := range s.values {
		sum += f
	}
	return finite(sum / float64(len(s.values)))
}

// Min is the smallest value; nil when there is none.
func (s *FloatStatistics) Min() *float64 {
	if len(s.values) == 0 {
		return nil
	}
	return &s.values[0]
}

// Max is the largest value; nil when there is none.
func (s *FloatStatistics) Max() *float64 {
	if len(s.values) == 0 {
		return nil
	}
	return &s.values[len(s.values)-1]
}

// Percentile is the value below which a share of the values lies, between two
// values by linear interpolation; nil when there is none.
func (s *FloatStatistics) Percentile(of float64) (*float64, error) {
	if math.IsNaN(of) || of < 0 || of > 100 {
		return nil, fmt.Errorf("%w: a percentile lies between 0 and 100, not at %v", ErrInvalid, of)
	}
	if len(s.values) == 0 {
		return nil, nil //nolint:nilnil // there is no figure over no values
	}
	at := of / 100 * float64(len(s.values)-1)
	low := int(at)
	value := s.values[low]
	if low+1 < len(s.values) {
		value += (at - float64(low)) * (s.values[low+1] - s.values[low])
	}
	return finite(value), nil
}
