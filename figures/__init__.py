"""Pictures of core's results: plotly figures as plain dicts, or SVG text. Never Streamlit, no words but those handed in."""
