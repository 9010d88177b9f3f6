namespace Vlm.Merge.Theory;

/// <summary>Eigenvalues of a small symmetric matrix by cyclic Jacobi rotations (Golub, Van Loan, Matrix Computations, 8.5).</summary>
internal static class SymmetricEigenvalues
{
    private const int MaxSweeps = 60;
    private const double Converged = 1e-30; // share of the squared norm that may lie off the diagonal

    /// <summary>All eigenvalues, ascending; the matrix is used up.</summary>
    public static double[] Ascending(double[,] matrix)
    {
        int size = matrix.GetLength(0);
        double norm = matrix.Cast<double>().Sum(entry => entry * entry);
        for (int sweep = 0; sweep < MaxSweeps && OffDiagonal(matrix) > Converged * norm; sweep++)
        {
            for (int p = 0; p < size; p++)
            {
                for (int q = p + 1; q < size; q++)
                {
                    Annihilate(matrix, p, q);
                }
            }
        }

        return [.. Enumerable.Range(0, size).Select(i => matrix[i, i]).Order()];
    }

    private static double OffDiagonal(double[,] matrix)
    {
        int size = matrix.GetLength(0);
        double sum = 0;
        for (int p = 0; p < size; p++)
        {
            for (int q = p + 1; q < size; q++)
            {
                sum += 2 * matrix[p, q] * matrix[p, q];
            }
        }

        return sum;
    }

    // The rotation in the plane of p and q that makes their entry zero, applied from both sides.
    private static void Annihilate(double[,] matrix, int p, int q)
    {
        if (matrix[p, q] == 0)
        {
            return;
        }

        double ratio = (matrix[q, q] - matrix[p, p]) / (2 * matrix[p, q]);
        double tangent = (ratio < 0 ? -1 : 1) / (Math.Abs(ratio) + Math.Sqrt((ratio * ratio) + 1));
        double cosine = 1 / Math.Sqrt((tangent * tangent) + 1);
        double sine = tangent * cosine;
        for (int k = 0; k < matrix.GetLength(0); k++)
        {
            (matrix[k, p], matrix[k, q]) = Rotated(matrix[k, p], matrix[k, q]);
        }

        for (int k = 0; k < matrix.GetLength(0); k++)
        {
            (matrix[p, k], matrix[q, k]) = Rotated(matrix[p, k], matrix[q, k]);
        }

        (double, double) Rotated(double first, double second) =>
            ((cosine * first) - (sine * second), (sine * first) + (cosine * second));
    }
}
