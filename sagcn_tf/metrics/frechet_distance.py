"""The Frechet distance between two sets of features, each modeled as a Gaussian.

    d^2 = |mean_1 - mean_2|^2 + trace(S_1 + S_2 - 2 (S_1^(1/2) S_2 S_1^(1/2))^(1/2))

The squared distance is reported, as for the FID of images. A finite sample scores above 0 even
against its own distribution, and smaller samples score higher, so compare only samples of equal
size.
"""

import numpy as np


def gaussian(features):
    """Estimates the mean and covariance of a set of features.

    Args:
        features: `[n, F]`, n > 1.

    Returns:
        `(mean, covariance)`: float64 `[F]` and `[F, F]`; the covariance is divided by n - 1.

    Raises:
        ValueError: if the shape is different, or a value is not finite.
    """
    features = np.asarray(features, np.float64)
    if features.ndim != 2 or len(features) < 2:
        raise ValueError(f"features: expected shape [n, F] with n > 1, got {features.shape}")
    if not np.isfinite(features).all():
        raise ValueError("features: expected finite values, got NaN or infinity")
    return features.mean(axis=0), np.cov(features, rowvar=False).reshape(2 * features.shape[1:])


def frechet_distance(first, second):
    """Computes the squared Frechet distance between two Gaussians.

    Args:
        first: `(mean [F], covariance [F, F])`, as `gaussian` returns it. The covariance may be
            singular.
        second: like `first`.

    Returns:
        float.

    Raises:
        ValueError: if the two differ in F.
    """
    (mean, covariance), (other_mean, other_covariance) = first, second
    if np.shape(mean) != np.shape(other_mean):
        raise ValueError(
            "expected two Gaussians with the same number of features, got means of shape "
            f"{np.shape(mean)} and {np.shape(other_mean)}"
        )
    # With R = S^(1/2), the trace of (R_1 S_2 R_1)^(1/2) is the sum of the singular values of
    # R_1 R_2. This avoids the square root of S_1 S_2, which is not symmetric and, if S_1 or S_2 is
    # nearly singular, not real.
    product = _root(covariance) @ _root(other_covariance)
    overlap = np.linalg.svd(product, compute_uv=False).sum()
    spread = np.trace(covariance) + np.trace(other_covariance) - 2 * overlap
    return float(np.square(np.subtract(mean, other_mean)).sum() + max(spread, 0.0))


def _root(covariance):
    """Returns the symmetric square root; eigenvalues within rounding error count as 0."""
    values, vectors = np.linalg.eigh(covariance)
    rounding = len(values) * np.finfo(np.float64).eps * values[-1]
    return (vectors * np.sqrt(np.where(values > rounding, values, 0))) @ vectors.T
