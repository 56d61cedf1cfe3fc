package portfolio

import "slices"

// KPIOrderField is a value that KPIs can be sorted by.
type KPIOrderField string

// The values of KPIOrderField.
const (
	KPIByKey         KPIOrderField = "KEY"
	KPIByName        KPIOrderField = "NAME"
	KPIByDepartment  KPIOrderField = "DEPARTMENT"
	KPIByOwner       KPIOrderField = "OWNER"
	KPIByPerspective KPIOrderField = "PERSPECTIVE"
	KPIByIndicator   KPIOrderField = "INDICATOR"
	KPIByUnit        KPIOrderField = "UNIT"
	KPIByHealth      KPIOrderField = "HEALTH"
	KPIByAttainment  KPIOrderField = "ATTAINMENT"
	KPIByActual      KPIOrderField = "ACTUAL"
	KPIByMeasuredTo  KPIOrderField = "MEASURED_TO"
	KPIByActualDue   KPIOrderField = "ACTUAL_DUE"
)

// KPIOrder is one term of an order of KPIs.
type KPIOrder OrderBy[KPIOrderField]

var (
	perspectives = []KPIPerspective{PerspectiveCustomer, PerspectiveEmployee, PerspectiveFinancial, PerspectiveProcess}
	indicators   = []IndicatorType{IndicatorLeading, IndicatorLagging}
)

// figureValue sorts by a computed figure.
func figureValue(f *float64) sortValue {
	if f == nil {
		return nothing
	}
	return sortValue{dec: exact(f)}
}

// placeValue sorts by where a value stands in a closed list; what is not in it
// has no value.
func placeValue[E comparable](values []E, e E) sortValue {
	at := slices.Index(values, e)
	if at < 0 {
		return nothing
	}
	return numberValue(at)
}

// kpiSort says by what KPIs are sorted for each field.
func (v *View) kpiSort(field KPIOrderField) func(*KPIRow) sortValue {
	switch field {
	case KPIByKey:
		return func(k *KPIRow) sortValue { return textValue(k.ID) }
	case KPIByName:
		return func(k *KPIRow) sortValue { return textValue(k.Name) }
	case KPIByDepartment:
		return func(k *KPIRow) sortValue { return textValue(k.DepartmentID) }
	case KPIByOwner:
		return func(k *KPIRow) sortValue { return v.personName(k.OwnerID) }
	case KPIByPerspective:
		return func(k *KPIRow) sortValue { return placeValue(perspectives, k.Perspective) }
	case KPIByIndicator:
		return func(k *KPIRow) sortValue { return placeValue(indicators, k.Indicator) }
	case KPIByUnit:
		return func(k *KPIRow) sortValue { return textValue(k.Unit) }
	case KPIByHealth:
		return func(k *KPIRow) sortValue { return healthValue(k.Health) }
	case KPIByAttainment:
		return func(k *KPIRow) sortValue { return figureValue(k.attainment()) }
	case KPIByActual:
		return func(k *KPIRow) sortValue { return figureValue(k.actual()) }
	case KPIByMeasuredTo:
		return func(k *KPIRow) sortValue { return dateValue(k.measuredTo()) }
	case KPIByActualDue:
		return func(k *KPIRow) sortValue { return dateValue(k.ActualDue) }
	}
	return nil
}

// MeasurementOrderField is a value that values of KPIs can be sorted by.
type MeasurementOrderField string

// The values of MeasurementOrderField.
const (
	MeasurementByKPI         MeasurementOrderField = "KPI"
	MeasurementByDepartment  MeasurementOrderField = "DEPARTMENT"
	MeasurementByPeriodStart MeasurementOrderField = "PERIOD_START"
	MeasurementByPeriodEnd   MeasurementOrderField = "PERIOD_END"
	MeasurementBySegment     MeasurementOrderField = "SEGMENT"
	MeasurementByActual      MeasurementOrderField = "ACTUAL"
	MeasurementByAttainment  MeasurementOrderField = "ATTAINMENT"
	MeasurementByHealth      MeasurementOrderField = "HEALTH"
)

// MeasurementOrder is one term of an order of values of KPIs.
type MeasurementOrder OrderBy[MeasurementOrderField]

// measurementSort says by what values of KPIs are sorted for each field.
func (v *View) measurementSort(field MeasurementOrderField) func(*KPIPointRow) sortValue {
	switch field {
	case MeasurementByKPI:
		return func(p *KPIPointRow) sortValue { return textValue(p.KPIID) }
	case MeasurementByDepartment:
		return func(p *KPIPointRow) sortValue {
			k, _ := v.snap.KPI(p.KPIID)
			return textValue(k.DepartmentID)
		}
	case MeasurementByPeriodStart:
		return func(p *KPIPointRow) sortValue { return dateValue(p.First) }
	case MeasurementByPeriodEnd:
		return func(p *KPIPointRow) sortValue { return dateValue(p.Last) }
	case MeasurementBySegment:
		return func(p *KPIPointRow) sortValue { return textValue(p.Segment) }
	case MeasurementByActual:
		return func(p *KPIPointRow) sortValue { return figureValue(p.Actual) }
	case MeasurementByAttainment:
		return func(p *KPIPointRow) sortValue { return figureValue(p.Attainment) }
	case MeasurementByHealth:
		return func(p *KPIPointRow) sortValue { return healthValue(p.Health) }
	}
	return nil
}
