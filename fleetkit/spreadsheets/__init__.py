"""Tables that people export: workbooks, delimited text, and what their cells say."""
