"""What a report tells: activities done, figures stated."""
