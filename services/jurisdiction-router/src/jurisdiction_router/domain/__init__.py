"""Who supervises an organization, as a pure function of facts, rules, directory and date.

Nothing here reads a file, a clock, a database or the network. Start reading at
`timeline.Jurisdiction`, which asks `engine.Engine`, which asks `directory.Directory`.
"""
