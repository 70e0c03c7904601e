"""Charts as SVG: numbers and words in, text out. Knows nothing of what is counted.

A chart is plain SVG 1.1 with its colours as presentation attributes, so that it looks right in a
document, and with a class on each element, so that a page's style sheet can restyle it in the dark.
The same input always gives the same bytes.
"""
