"""The 15-joint and 25-joint skeletons, as plain dictionaries for TFDS metadata.

Keys:
    name: name of the skeleton.
    joints: joint names, in the order of the joint axis.
    edges: undirected pairs of joint indices, the graph of the graph convolutions.
    bones: pairs of joint indices to draw; -1 is the root at the origin, which is not a joint.
    left, right: indices of the joints on each side; `left[n]` mirrors `right[n]`.
    center: index of the joint in the middle of the body.
"""

# Human3.6M without hip, neck and nose. The hip is the origin; edges between both hip joints and the
# spine replace it in the graph.
HUMAN36M_15 = {
    "name": "human36m_15",
    "joints": [
        "RHip",
        "RKnee",
        "RFoot",
        "LHip",
        "LKnee",
        "LFoot",
        "Spine",
        "Thorax",
        "Head",
        "LShoulder",
        "LElbow",
        "LWrist",
        "RShoulder",
        "RElbow",
        "RWrist",
    ],
    "edges": [
        [0, 1],
        [1, 2],
        [3, 4],
        [4, 5],
        [0, 3],
        [0, 6],
        [3, 6],
        [6, 7],
        [7, 8],
        [7, 9],
        [9, 10],
        [10, 11],
        [7, 12],
        [12, 13],
        [13, 14],
    ],
    "bones": [
        [-1, 0],
        [0, 1],
        [1, 2],
        [-1, 3],
        [3, 4],
        [4, 5],
        [-1, 6],
        [6, 7],
        [7, 8],
        [7, 9],
        [9, 10],
        [10, 11],
        [7, 12],
        [12, 13],
        [13, 14],
    ],
    "left": [3, 4, 5, 9, 10, 11],
    "right": [0, 1, 2, 12, 13, 14],
    "center": 7,
}

# The Kinect v2 skeleton of NTU RGB+D. Hand, thumb and hand tip form one chain, as is common.
_NTU_EDGES = [
    [0, 1],
    [1, 20],
    [2, 20],
    [3, 2],
    [4, 20],
    [5, 4],
    [6, 5],
    [7, 6],
    [8, 20],
    [9, 8],
    [10, 9],
    [11, 10],
    [12, 0],
    [13, 12],
    [14, 13],
    [15, 14],
    [16, 0],
    [17, 16],
    [18, 17],
    [19, 18],
    [21, 22],
    [22, 7],
    [23, 24],
    [24, 11],
]

NTU_25 = {
    "name": "ntu_25",
    "joints": [
        "SpineBase",
        "SpineMid",
        "Neck",
        "Head",
        "LShoulder",
        "LElbow",
        "LWrist",
        "LHand",
        "RShoulder",
        "RElbow",
        "RWrist",
        "RHand",
        "LHip",
        "LKnee",
        "LAnkle",
        "LFoot",
        "RHip",
        "RKnee",
        "RAnkle",
        "RFoot",
        "SpineShoulder",
        "LHandTip",
        "LThumb",
        "RHandTip",
        "RThumb",
    ],
    "edges": _NTU_EDGES,
    "bones": _NTU_EDGES,
    "left": [4, 5, 6, 7, 12, 13, 14, 15, 21, 22],
    "right": [8, 9, 10, 11, 16, 17, 18, 19, 23, 24],
    "center": 20,
}
