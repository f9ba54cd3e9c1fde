namespace TokenGateway.Simulation.Disk;

internal static class ValueTasks
{
    public static async ValueTask AsVoidAsync<T>(this ValueTask<T> task) => await task;
}
