"""The figures of the paper, from any run."""

# Name on the command line -> what the figure shows.
TITLES = {
    "4": "attention of the last frame, and the whole attention map",
    "5": "nodes that reach a joint through one and two graph convolutions",
    "6": "film strips of all classes, generated and real",
    "7": "film strips of two classes and their mixture",
    "8": "distribution of mixtures of two classes, and all pairs",
    "9": "trajectories of the classes, generated and real",
    "gallery": "film strips of each class, generated and real (figures 10 to 29)",
}
