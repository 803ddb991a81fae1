"""Raw archive, journals, tables, filed tree, full-text index, migrations."""
