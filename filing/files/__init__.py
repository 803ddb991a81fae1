"""What the office keeps in files: campaign.toml and rosters."""
