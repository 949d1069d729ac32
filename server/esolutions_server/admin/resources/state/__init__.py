"""All that a server knows, as resources: accounts, people, equipment, proxies, devices, commands, values, mail."""
