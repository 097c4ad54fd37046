"""A project as a page that people read: tables, the grid of rules, flowcharts drawn."""
