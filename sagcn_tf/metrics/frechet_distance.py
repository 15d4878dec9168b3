"""The Frechet distance between two sets of features, each taken as a Gaussian.

    d^2 = |mean_1 - mean_2|^2 + trace(S_1 + S_2 - 2 (S_1^(1/2) S_2 S_1^(1/2))^(1/2))

It is written squared, as the field does (the FID of images). A finite sample scores above 0 even
against its own distribution, the more the fewer clips it has, so only equally many are comparable.
"""

import numpy as np


def gaussian(features):
    """Returns the Gaussian of a set of features.

    Args:
        features: `[n, F]`, n > 1.

    Returns:
        `(mean, covariance)`: float64 `[F]` and `[F, F]`, the covariance with n - 1 in its divisor.

    Raises:
        ValueError: the shape is another, or a number is not finite.
    """
    features = np.asarray(features, np.float64)
    if features.ndim != 2 or len(features) < 2:
        raise ValueError(f"features must have shape [n, F] with n > 1; got {features.shape}")
    if not np.isfinite(features).all():
        raise ValueError("features must be finite; they hold NaN or infinity")
    return features.mean(axis=0), np.cov(features, rowvar=False).reshape(2 * features.shape[1:])


def frechet_distance(first, second):
    """Returns the squared Frechet distance between two Gaussians; covariances may be singular.

    Args:
        first: `(mean [F], covariance [F, F])`, as `gaussian` returns.
        second: likewise.

    Raises:
        ValueError: the two have not one F.
    """
    (mean, covariance), (other_mean, other_covariance) = first, second
    if np.shape(mean) != np.shape(other_mean):
        raise ValueError(
            f"both Gaussians must be of as many features; got {np.shape(mean)} and "
            f"{np.shape(other_mean)}"
        )
    # The trace of the root of R_1 S_2 R_1, R = S^(1/2), is the sum of the singular values of
    # R_1 R_2: no root of a product, which is not symmetric and near singular ones not even real.
    product = _root(covariance) @ _root(other_covariance)
    overlap = np.linalg.svd(product, compute_uv=False).sum()
    spread = np.trace(covariance) + np.trace(other_covariance) - 2 * overlap
    return float(np.square(np.subtract(mean, other_mean)).sum() + max(spread, 0.0))


def _root(covariance):
    """The symmetric square root; eigenvalues that are rounding alone count as 0."""
    values, vectors = np.linalg.eigh(covariance)
    rounding = len(values) * np.finfo(np.float64).eps * values[-1]
    return (vectors * np.sqrt(np.where(values > rounding, values, 0))) @ vectors.T
