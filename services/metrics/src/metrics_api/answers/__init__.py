"""An answer: its document, its table and its receipt, and how it goes out."""
