"""Who supervises an organization, as a pure function of facts, rules, directory and date.

Nothing here reads a file, a clock, a database or the network. Start reading at
`deciding.timeline.Jurisdiction`, which asks `deciding.engine.Engine`, which asks
`directory.directory.Directory`.
"""
