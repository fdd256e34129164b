package inbox

import (
	"fmt"
	"time"
)

// What the chart shows: as many bars as fit, of the last while.
const (
	chartBars     = 40
	chartInterval = 15 * time.Second
	// The chart's own units, in which its bars are drawn.
	barWidth, barGap = 8, 2
	chartHalf        = 40 // height above the line, and below it
	chartWidth       = chartBars * barWidth
)

// chart shows how many calls came and how many webhooks went, over time: calls above
// the line and webhooks below it.
type chart struct {
	Width, Height, Half int
	Bars                []bar
	Label               string // for who cannot see it
	Span                string
	Most                int // of one kind in one interval
}

// bar is a rectangle, with the class that the style has for it.
type bar struct {
	Class               string
	X, Y, Width, Height int
	Title               string
}

func (i *Inbox) chart(now time.Time) chart {
	shown := chart{Width: chartWidth, Height: 2 * chartHalf, Half: chartHalf, Span: "10 minutes"}
	until := i.chartEnd(now)
	if until.Before(now) {
		shown.Span += " until " + stampOf(until, now).Short
	}
	buckets := i.platform.Timeline().Chart(until, chartInterval, chartBars)
	calls, deliveries := 0, 0
	for _, bucket := range buckets {
		shown.Most = max(shown.Most, bucket.Calls, bucket.Deliveries)
		calls, deliveries = calls+bucket.Calls, deliveries+bucket.Deliveries
	}
	for at, bucket := range buckets {
		title := fmt.Sprintf("%s: %d calls, %d webhooks",
			bucket.Begin.Local().Format("15:04:05"), bucket.Calls, bucket.Deliveries)
		for _, part := range []struct {
			class   string
			count   int
			isBelow bool
		}{
			{"calls", bucket.Calls, false}, {"failed", bucket.FailedCalls, false},
			{"deliveries", bucket.Deliveries, true}, {"failed", bucket.FailedDeliveries, true},
		} {
			if part.count == 0 {
				continue
			}
			height := scaled(part.count, shown.Most)
			y := chartHalf - height
			if part.isBelow {
				y = chartHalf
			}
			shown.Bars = append(shown.Bars, bar{part.class, at * barWidth, y, barWidth - barGap, height, title})
		}
	}
	shown.Label = fmt.Sprintf("%d calls and %d webhooks in %s", calls, deliveries, shown.Span)
	return shown
}

// chartEnd is where the chart ends: now or, when nothing happened for longer than it
// shows, at what happened last. So it is not empty after the clock was moved.
func (i *Inbox) chartEnd(now time.Time) time.Time {
	for _, last := range i.platform.Timeline().Newest(1, nil) {
		if now.Sub(last.At) >= (chartBars-1)*chartInterval {
			return last.At
		}
	}
	return now
}

// scaled is how high a bar is: something that happened can be seen.
func scaled(count, most int) int {
	return max(2, count*(chartHalf-2)/most)
}
