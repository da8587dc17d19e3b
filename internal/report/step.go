package report

import "time"

// step is a length of time as the analyses name it.
type step string

const (
	hour  step = "hour"
	day   step = "day"
	week  step = "week"
	month step = "month"
	year  step = "year"
)

const aDay = 24 * time.Hour

// timelineStep is the one by which a period has some 10 to 130 steps.
func timelineStep(begin, end time.Time) step {
	switch length := end.Sub(begin); {
	case length <= 93*aDay:
		return day
	case length <= 2*366*aDay:
		return week
	case length <= 10*366*aDay:
		return month
	}
	return year
}

// spreadStep is likewise for a leak.
func spreadStep(length time.Duration) step {
	switch {
	case length <= 4*aDay:
		return hour
	case length <= 93*aDay:
		return day
	case length <= 2*366*aDay:
		return week
	}
	return month
}

// start is the beginning of the step that a moment lies in, as dateTrunc has it.
func (s step) start(at time.Time) time.Time {
	at = at.UTC()
	date := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC)
	switch s {
	case hour:
		return at.Truncate(time.Hour)
	case week:
		return date.AddDate(0, 0, -(int(date.Weekday())+6)%7) // weeks begin on Monday
	case month:
		return date.AddDate(0, 0, 1-date.Day())
	case year:
		return time.Date(at.Year(), time.January, 1, 0, 0, 0, 0, time.UTC)
	default:
		return date
	}
}

func (s step) next(at time.Time) time.Time {
	switch s {
	case hour:
		return at.Add(time.Hour)
	case week:
		return at.AddDate(0, 0, 7)
	case month:
		return at.AddDate(0, 1, 0)
	case year:
		return at.AddDate(1, 0, 0)
	default:
		return at.AddDate(0, 0, 1)
	}
}

// label names a step.
func (s step) label(start time.Time) string {
	switch s {
	case hour:
		return start.Format("2006-01-02 15:04")
	case month:
		return start.Format("2006-01")
	case year:
		return start.Format("2006")
	default:
		return start.Format(time.DateOnly)
	}
}
