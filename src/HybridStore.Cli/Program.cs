using HybridStore.Cli;

return await new Tool(Terminal.OfProcess(), TimeProvider.System).RunAsync(args);
