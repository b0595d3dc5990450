"""What can be shown: a `.py` with the data that ends with `VIEW`, and a `.js` that draws it."""
