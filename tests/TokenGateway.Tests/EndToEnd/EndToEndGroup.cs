namespace TokenGateway.Tests.EndToEnd;

/// <summary>Processes under load are measured one test at a time.</summary>
[CollectionDefinition(nameof(EndToEndGroup), DisableParallelization = true)]
public sealed class EndToEndGroup;
