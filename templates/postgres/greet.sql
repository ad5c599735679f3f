select words from greeting where id = 1;
