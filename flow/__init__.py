"""What the service does, one file each; passes values between the rooms."""
