"""Control charts as tables: names of columns, and rows."""

from collections.abc import Iterable, Iterator

from app.patterns.pages.files import Value
from app.patterns.trends import sentences
from app.patterns.trends.charts import Chart
from app.patterns.trends.limits import Kind
from app.patterns.trends.series import Trend

CHART_NAMES = (
    "Period", "Begins", "Count", "Out of", "Value", "Center", "Lower limit", "Upper limit", "Unusual because", "Chart",
)  # fmt: skip
TREND_NAMES = ("Factor code", "Factor", *CHART_NAMES)


def trend_rows(trends: Iterable[Trend]) -> Iterator[list[Value]]:
    """One line for each point of each factor's chart."""
    for trend in trends:
        for row in chart_rows(trend.chart):
            yield [trend.factor.code, trend.factor.label, *row]


def chart_rows(chart: Chart) -> Iterator[list[Value]]:
    """One line for each point."""
    for point in chart.points:
        yield [
            sentences.period_words(chart.kind, point.on),
            point.on.isoformat(),
            point.count,
            point.base if chart.kind in (Kind.P, Kind.U) else None,
            *(
                None if value is None else round(value, 4)
                for value in (point.value, point.center, point.lower, point.upper)
            ),
            sentences.RULES[point.rule] if point.rule else "",
            chart.kind.value,
        ]
