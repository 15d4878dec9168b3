"""The studio: a web page that generates motion and plays it."""
