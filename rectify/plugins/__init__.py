"""What nbgrader loads: the steps, exporters and adapters that nbgrader_config.py names."""
