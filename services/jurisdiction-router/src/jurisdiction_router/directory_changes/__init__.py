"""Applies changes of the directory: sound as a whole, holes refused, assignments updated."""
