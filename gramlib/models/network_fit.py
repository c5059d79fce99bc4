"""Training of the recurrent network with TensorFlow, and its Keras twin on disk.

The one module that loads TensorFlow, and only when its functions are called. Everything random has a seed of its own: the
first weights come from seeded initialisers, the order of the batches from stateless shuffles. So nothing that ran before, no
other model and no global seed moves the result; on one machine the same data give the same weights, bit for bit.
"""

from __future__ import annotations

import contextlib
import math
import os
import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from gramlib.errors import DataContractError
from gramlib.models.network_cell import (
    COMPONENTS,
    DEGREES_OF_FREEDOM,
    T6_AT_NOUGHT,
    T6_VARIANCE,
    GruWeights,
    Mixture,
    gru_step,
)
from gramlib.readable import readable

UNITS = 16
WARM_UP_DAYS = 20
"""Days of a piece that only bring the state up, before the first one whose forecast counts."""
PIECE_DAYS = 60
STRIDE_DAYS = 20
"""Pieces begin this far apart, so that each day counts twice, once with a short memory behind it and once with a long one."""
VALIDATION_SHARE = 0.15
MAX_EPOCHS, PATIENCE_EPOCHS = 150, 15
BATCH_PIECES = 32
MIN_DAYS = 300
VARIANCE_WEIGHT = 0.5
"""Weight of the normal law's log density in what is minimised. A heavy-tailed likelihood hardly minds a variance 30% too large on
wild days, and paths that feed on themselves then run away; this one minds, and is proper for the variance."""
LEARNING_RATE, LARGEST_GRADIENT = 2e-3, 1.0


@readable
@dataclass(frozen=True)
class NetworkFit:
    """Trained weights and how the training went; the losses are mean negative log densities of the validation days.

    `variance_ratio` is the mixtures' mean variance over the mean square of the training days, before it was taken out.
    """

    weights: GruWeights
    epochs: int
    best_epoch: int
    validation_loss: float
    filter_loss: float
    variance_ratio: float
    note: str


def pieces(n_days: int) -> np.ndarray:
    """First day of each training piece of `PIECE_DAYS`, the last one ending on the last day."""
    starts = np.arange(0, n_days - PIECE_DAYS + 1, STRIDE_DAYS)
    last = n_days - PIECE_DAYS
    return starts if starts[-1] == last else np.append(starts, last)


def first_head_bias() -> np.ndarray:
    """Where training starts: three components about a unit-variance law, unlike enough to part."""
    return np.array([0.0, 0.0, 0.0, -0.1, 0.0, 0.1, -1.0, -0.5, -0.1], dtype=np.float32)


def filter_weights(n_inputs: int) -> GruWeights:
    """The network that has nothing to say: one Student-t(6) of unit variance in the filter's units, whatever the day."""
    head_bias = np.array([0.0] * (2 * COMPONENTS) + [-0.5 * math.log(T6_VARIANCE)] * COMPONENTS, dtype=np.float32)

    def nought(*shape: int) -> np.ndarray:
        return np.zeros(shape, dtype=np.float32)

    gates, head = 3 * UNITS, 3 * COMPONENTS
    return GruWeights(nought(n_inputs, gates), nought(UNITS, gates), nought(2, gates), nought(UNITS, head), head_bias)


def train_network(inputs: np.ndarray, target: np.ndarray, seed: int) -> NetworkFit:
    """Fit the network that reads `inputs` (n, f) and gives the law of `target` (n,), the standardised return of the day after.

    The last 15% of the days, in time order, are not trained on: when the loss on them has not fallen for 15 epochs, the best
    weights so far are kept. Should they be no better there than the filter with one Student-t, the network steps back to that
    law and the note says so. Raises DataContractError for fewer than 300 days.
    """
    n_days, n_inputs = inputs.shape
    if n_days < MIN_DAYS:
        raise DataContractError(
            f"{n_days} returns are too few for a network",
            expected=f"at least {MIN_DAYS}",
            origin="the training window of stage train",
            remedy="lengthen the window (train.start, train.min_train_days) or leave the network out of train.models",
        )
    tf, keras = _tensorflow()
    split = n_days - int(VALIDATION_SHARE * n_days)
    training, validation = (
        tuple(tf.constant(part, tf.float32) for part in _cut(inputs, target, days))
        for days in (np.arange(split), np.arange(split - WARM_UP_DAYS, n_days))
    )
    model = _keras_model(keras, n_inputs, seed)
    optimiser = keras.optimizers.Adam(LEARNING_RATE, clipnorm=LARGEST_GRADIENT)
    optimiser.build(model.trainable_variables)

    @tf.function(reduce_retracing=True)
    def step(x: Any, y: Any) -> None:
        with tf.GradientTape() as tape:
            mixture, normal = _densities(tf, model(x, training=True), y)
            loss = mixture + VARIANCE_WEIGHT * normal
        gradients = tape.gradient(loss, model.trainable_variables)
        optimiser.apply_gradients(zip(gradients, model.trainable_variables, strict=True))

    @tf.function(reduce_retracing=True)
    def judge(x: Any, y: Any) -> Any:
        return _densities(tf, model(x, training=False), y)[0]

    def validation_loss() -> float:
        loss = float(judge(*validation))
        return loss if math.isfinite(loss) else math.inf

    n_pieces = int(training[0].shape[0])
    batch = min(BATCH_PIECES, n_pieces)
    best, best_epoch, epoch = math.inf, 0, 0
    kept = [weight.copy() for weight in model.get_weights()]
    for epoch in range(1, MAX_EPOCHS + 1):
        order = tf.random.experimental.stateless_shuffle(tf.range(n_pieces), seed=[seed, epoch])
        for start in range(0, n_pieces - batch + 1, batch):
            chosen = order[start : start + batch]
            step(tf.gather(training[0], chosen), tf.gather(training[1], chosen))
        loss = validation_loss()
        if loss < best:
            best, best_epoch, kept = loss, epoch, [weight.copy() for weight in model.get_weights()]
        elif epoch - best_epoch >= PATIENCE_EPOCHS:
            break
    silent = filter_weights(n_inputs)
    model.set_weights([silent.kernel, silent.recurrent, silent.bias, silent.head, silent.head_bias])
    filter_loss = validation_loss()
    if best < filter_loss:
        weights, ratio = standardised(GruWeights(*kept), inputs[:split], target[:split])
        return NetworkFit(weights, epoch, best_epoch, best, filter_loss, ratio, "")
    note = (
        f"after {epoch} epochs the network was no better on the validation days than the filter with one Student-t "
        f"(log loss {best:.4f} against {filter_loss:.4f}), and that law is used instead"
    )
    return NetworkFit(silent, epoch, best_epoch, filter_loss, filter_loss, 1.0, note)


def standardised(weights: GruWeights, inputs: np.ndarray, target: np.ndarray) -> tuple[GruWeights, float]:
    """The weights with places and scales shrunk or stretched so that the mixtures' mean variance is the mean square of `target`.

    A path feeds on its own draws: a few percent too much variance, compounded over a year, is another model. Returns the
    ratio of the two that was found, too.
    """
    first = pieces(len(inputs))
    state = np.zeros((len(first), weights.units), dtype=np.float32)
    variance, square = [], []
    for day in range(PIECE_DAYS):
        state = gru_step(weights, inputs[first + day], state)
        if day >= WARM_UP_DAYS:
            variance.append(Mixture.of(weights, state).deviation ** 2)
            square.append(target[first + day] ** 2)
    ratio = float(np.mean(variance) / np.mean(square))
    head, head_bias = weights.head.copy(), weights.head_bias.copy()
    places, scales = slice(COMPONENTS, 2 * COMPONENTS), slice(2 * COMPONENTS, 3 * COMPONENTS)
    head[:, places] /= np.float32(math.sqrt(ratio))
    head_bias[places] /= np.float32(math.sqrt(ratio))
    head_bias[scales] -= np.float32(0.5 * math.log(ratio))
    return replace(weights, head=head, head_bias=head_bias), ratio


def save_keras(weights: GruWeights, path: Path) -> None:
    """Write the network as a Keras model of stock layers to `path` (.keras): inputs (batch, days, f), outputs the head's nine."""
    _, keras = _tensorflow()
    model = _keras_model(keras, weights.kernel.shape[0], seed=0)
    model.set_weights([weights.kernel, weights.recurrent, weights.bias, weights.head, weights.head_bias])
    with warnings.catch_warnings():
        # Keras turns TensorFlow's variables into arrays in a way that NumPy means to drop.
        warnings.simplefilter("ignore", DeprecationWarning)
        model.save(path)


def load_keras(path: Path) -> GruWeights:
    """Weights of a model that `save_keras` wrote; loaded in Keras's safe mode, which runs no code from the file."""
    _, keras = _tensorflow()
    model = keras.models.load_model(path, compile=False, safe_mode=True)
    return GruWeights(*model.get_weights())


def _tensorflow() -> tuple[Any, Any]:
    """TensorFlow and Keras, loaded here and nowhere else, on one thread and with operations that give the same bits every time.

    The order in which sums are taken moves their last bits, and training magnifies them. A process that loaded TensorFlow
    before, with its oneDNN kernels on, keeps those: its fits repeat themselves, but differ from the next process's.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
    import tensorflow as tf

    with contextlib.suppress(RuntimeError):
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)
    tf.config.experimental.enable_op_determinism()
    return tf, tf.keras


def _keras_model(keras: Any, n_inputs: int, seed: int) -> Any:
    initial = keras.initializers
    days = keras.Input((None, n_inputs))
    states = keras.layers.GRU(
        UNITS,
        return_sequences=True,
        kernel_initializer=initial.GlorotUniform(seed),
        recurrent_initializer=initial.Orthogonal(seed=seed + 1),
    )(days)
    bias = first_head_bias()
    head = keras.layers.Dense(3 * COMPONENTS, kernel_initializer=initial.RandomNormal(stddev=0.05, seed=seed + 2))
    model = keras.Model(days, head(states))
    head.set_weights([head.get_weights()[0], bias])
    return model


def _densities(tf: Any, head: Any, target: Any) -> tuple[Any, Any]:
    """Mean negative log density of the mixture over the days that count, and that of a normal law with its variance."""
    logit, place, log_scale = tf.split(head[:, WARM_UP_DAYS:], 3, axis=-1)
    counted = target[:, WARM_UP_DAYS:]
    log_weight = tf.nn.log_softmax(logit)
    weight = tf.exp(log_weight)
    place -= tf.reduce_sum(weight * place, axis=-1, keepdims=True)
    z = (counted[..., None] - place) * tf.exp(-log_scale)
    power = 0.5 * (DEGREES_OF_FREEDOM + 1.0)
    log_density = log_weight - log_scale - power * tf.math.log1p(z * z / DEGREES_OF_FREEDOM)
    mixture = -math.log(T6_AT_NOUGHT) - tf.reduce_mean(tf.reduce_logsumexp(log_density, axis=-1))
    variance = tf.reduce_sum(weight * (T6_VARIANCE * tf.exp(2.0 * log_scale) + place**2), axis=-1)
    return mixture, 0.5 * tf.reduce_mean(tf.math.log(variance) + counted**2 / variance)


def _cut(inputs: np.ndarray, target: np.ndarray, days: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pieces (n, PIECE_DAYS, f) and (n, PIECE_DAYS) of the consecutive `days`."""
    rows = days[0] + pieces(len(days))[:, None] + np.arange(PIECE_DAYS)
    return inputs[rows], target[rows]
