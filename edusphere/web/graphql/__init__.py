"""`/graphql/`: the schema beside its resolvers, one noun each, and the limits around them.

The only importer of Ariadne.
"""
