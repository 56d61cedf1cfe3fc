package scoring

// A Direction is which values of a KPI are good.
type Direction string

// The values of Direction.
const (
	HigherIsBetter Direction = "HIGHER_IS_BETTER"
	LowerIsBetter  Direction = "LOWER_IS_BETTER"
	TargetBand     Direction = "TARGET_BAND"
)

// A Target is what the actual value of a KPI is compared with.
type Target struct {
	Direction Direction
	// FromBaseline measures from the baseline instead of from 0.
	FromBaseline bool
	// Target is that of a direction, Low and High are those of a band. Baseline
	// counts with FromBaseline and for negative targets only.
	Target, Baseline, Low, High *float64
}

// Attain is how far a target is reached: 1 when it is. It is not capped and may
// be negative. Without a target it is nil whatever the actual value is, so
// that of two reasons the one is told that stays.
func Attain(t Target, actual *float64) (*float64, Code) {
	if t.Direction == TargetBand {
		return withinBand(t.Low, t.High, actual)
	}
	if t.Direction != HigherIsBetter && t.Direction != LowerIsBetter {
		return nil, NoDirection
	}
	switch {
	case t.FromBaseline:
		return fromBaseline(t.Baseline, t.Target, actual)
	case t.Target == nil:
		return nil, NoTarget
	case *t.Target < 0 && t.Baseline == nil:
		return nil, NegativeTargetNeedsBaseline
	case *t.Target < 0:
		return fromBaseline(t.Baseline, t.Target, actual)
	case actual == nil:
		return nil, NoActual
	case *t.Target == 0:
		return zeroTarget(t.Direction, *actual)
	case t.Direction == LowerIsBetter:
		// Not target by actual: twice too much is as far off as nothing is good.
		return value(2 - *actual / *t.Target)
	}
	return value(*actual / *t.Target)
}

// zeroTarget is all or nothing: no share of 0 can be reached.
func zeroTarget(direction Direction, actual float64) (*float64, Code) {
	if actual == 0 || (actual > 0) == (direction == HigherIsBetter) {
		return value(1)
	}
	return value(0)
}

func withinBand(low, high, actual *float64) (*float64, Code) {
	switch {
	case low == nil || high == nil:
		return nil, NoTarget
	case *low <= 0 || *low > *high:
		return nil, BandNotPositive
	case actual == nil:
		return nil, NoActual
	case *actual < *low:
		return value(*actual / *low)
	case *actual > *high:
		return value(1 - (*actual-*high) / *high)
	}
	return value(1)
}

// The colours of RAG.
const (
	Green  = "GREEN"
	Yellow = "YELLOW"
	Red    = "RED"
)

// Attainments from which a KPI is green or yellow, unless it says otherwise.
const (
	DefaultGreen  = 0.90
	DefaultYellow = 0.80
)

// RAG is the colour of an attainment: green and yellow are the attainments
// from which it is so.
func RAG(attainment, green, yellow float64) string {
	attainment = Round9(attainment)
	switch {
	case attainment >= green:
		return Green
	case attainment >= yellow:
		return Yellow
	}
	return Red
}
