nas 1

/// The plain networks that EAS grows (Cai, Chen, Zhang, Yu & Wang 2018, experiments on plain networks): four blocks
/// of convolutions, the first three followed by a pool, then fully connected layers. A convolution has one of 13
/// widths and 3 kernels, a fully connected layer one of 11 widths. Up to five convolutions in a block and up to
/// three fully connected layers: (39 + 39^2 + ... + 39^5)^4 * (11 + 11^2 + 11^3) =
/// 107,562,401,270,236,352,330,069,834,689,657,623 architectures.
///
/// The space is an ordinary one. What is special are its moves, which make a wider or deeper network of the same
/// function out of a trained one (Net2Net, Chen, Goodfellow & Shlens 2016), and `start`, from which they set out.
space net2net(classes = 10, size = 32, colors = 3, most = 5, most_fc = 3) {
  input x: image[size, size, colors]
  output x |> for i in 0..3 { stage(most, pooled: i < 3) } |> flatten
    |> repeat choose fcs 1..most_fc { fc() } |> dense(classes)
}

motif stage(x; most, pooled) = x |> repeat choose depth 1..most { layer() }
  |> if pooled then max_pool(2, 2) else identity

motif layer(x) = x
  |> conv(choose f {16, 32, 64, 96, 128, 192, 256, 320, 384, 448, 512, 576, 640}, choose k {1, 3, 5})
  |> batch_norm |> relu

motif fc(x) = x
  |> dense(choose units {64, 128, 256, 384, 512, 640, 768, 896, 1024, 1152, 1280}, bias: false)
  |> batch_norm |> relu

/// A small network, one layer in a block, for the moves to grow.
architecture start of net2net {
  stage = [
    {depth: 1, layer: [{f: 16, k: 3}]},
    {depth: 1, layer: [{f: 32, k: 3}]},
    {depth: 1, layer: [{f: 64, k: 3}]},
    {depth: 1, layer: [{f: 128, k: 3}]}
  ]
  fcs = 1, fc = [256]
}

/// A network that EAS found and its authors published (han-cai/EAS, model/top_net2/config).
architecture EAS_top of net2net {
  stage = [
    {depth: 5, layer: [{f: 192, k: 3}, {f: 128, k: 5}, {f: 256, k: 3}, {f: 128, k: 5}, {f: 128, k: 3}]},
    {depth: 4, layer: [{f: 256, k: 3}, {f: 384, k: 5}, {f: 256, k: 3}, {f: 256, k: 5}]},
    {depth: 4, layer: [{f: 384, k: 5}, {f: 384, k: 3}, {f: 256, k: 3}, {f: 256, k: 5}]},
    {depth: 2, layer: [{f: 384, k: 3}, {f: 256, k: 3}]}
  ]
  fcs = 2, fc = [1024, 256]
}

/// Net2Wider and Net2Deeper: what they change.
moves of net2net { widen f, widen units, deepen depth, deepen fcs }
