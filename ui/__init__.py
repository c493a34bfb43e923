"""The only place that knows Streamlit's habits: frame, language, links, widgets, components."""
