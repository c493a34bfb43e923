"""A finished figure for st.plotly_chart, which checks every property of a dict at every rerun: 2 ms a chart.

Tests check each of our figures once instead (tests/test_figures.py).
"""

from plotly.basedatatypes import BaseFigure


class Ready(BaseFigure):
    """A figure that is known to be valid: Streamlit asks it for nothing but `to_dict`."""

    def __init__(self, figure: dict) -> None:
        object.__setattr__(self, "figure", figure)   # BaseFigure's own constructor and setters would check it

    def to_dict(self) -> dict:
        return self.figure
