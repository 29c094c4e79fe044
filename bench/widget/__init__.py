"""What the widget weighs beside its peers."""
