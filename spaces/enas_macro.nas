nas 1

/// The whole-network space of ENAS (Pham et al. 2018, section 2.3), in the form of the released code: layer k (from
/// 0) applies one of six operations to the layer before it and adds any of the k states before that: 6^12 * 2^66 =
/// 160,618,186,625,454,535,808,756,219,904 architectures of 3 * 4 layers. After the fourth and the eighth layer
/// every state so far is halved. (In the paper's figure the operation reads what is chosen.)
///
/// `derived` is the network that is trained in the end: what is chosen is concatenated and projected instead of
/// added, and the width doubles where the size halves.
space enas_macro(classes = 10, size = 32, colors = 3, c = 36, per = 4, derived = false) {
  input x: image[size, size, colors]
  let wide = if derived then 2 else 1
  let stem = x |> conv(c, 3) |> batch_norm
  nodes a[per] = layer([stem, ...a]; c, derived)
  let s = [h |> factorized_reduce(wide * c) for h in [stem, ...a]]
  nodes b[per] = layer([...s, ...b]; wide * c, derived)
  let t = [h |> factorized_reduce(wide * wide * c) for h in [...s, ...b]]
  nodes d[per] = layer([...t, ...d]; wide * wide * c, derived)
  output last(d) |> global_avg_pool |> dropout(0.1) |> dense(classes)
}

/// Every branch begins with a 1x1 convolution of its own.
motif layer(seen; c, derived) {
  let y = last(seen) |> choose op {
    conv_3: conv_bn_relu(c, 1) |> conv_bn_relu(c, 3)
    sep_3: conv_bn_relu(c, 1) |> sep_conv_bn_relu(c, 3)
    conv_5: conv_bn_relu(c, 1) |> conv_bn_relu(c, 5)
    sep_5: conv_bn_relu(c, 1) |> sep_conv_bn_relu(c, 5)
    avg_3: conv_bn_relu(c, 1) |> avg_pool(3)
    max_3: conv_bn_relu(c, 1) |> max_pool(3)
  }
  let skips = choose any from init(seen)
  if length(seen) == 1 then y
  else if derived then concat([...skips, y]) |> project(c)
  else add([...skips, y]) |> batch_norm
}

/// The list of the released code, layer by layer: the operation, and for each state that may be added whether it
/// is.
notation list of enas_macro "{a[0].op:index} {a[1].op:index} {a[1].skips:bits} {a[2].op:index} {a[2].skips:bits} {a[3].op:index} {a[3].skips:bits} {b[0].op:index} {b[0].skips:bits} {b[1].op:index} {b[1].skips:bits} {b[2].op:index} {b[2].skips:bits} {b[3].op:index} {b[3].skips:bits} {d[0].op:index} {d[0].skips:bits} {d[1].op:index} {d[1].skips:bits} {d[2].op:index} {d[2].skips:bits} {d[3].op:index} {d[3].skips:bits}"

/// The network that the released code trains (melodyguan/enas, scripts/cifar10_macro_final.sh), found among the
/// four convolutions. That code trains plain convolutions where its search had separable ones; here they are
/// separable.
architecture ENAS_macro of enas_macro(c: 96, per: 8, derived: true) {
  a = [
    {op: conv_3},
    {op: sep_5, skips: []},
    {op: conv_3, skips: [stem]},
    {op: conv_5, skips: [a[1]]},
    {op: conv_5, skips: []},
    {op: sep_5, skips: [stem, a[0], a[2]]},
    {op: conv_5, skips: [a[4]]},
    {op: conv_5, skips: [a[0], a[1], a[3], a[4], a[5]]}
  ]
  b = [
    {op: sep_3, skips: [s[1], s[2], s[3], s[5], s[7]]},
    {op: conv_3, skips: []},
    {op: conv_5, skips: [s[5]]},
    {op: conv_3, skips: [s[0], s[3], s[4], b[0], b[1]]},
    {op: conv_5, skips: [s[1], s[7], b[0], b[1]]},
    {op: sep_3, skips: [s[2], s[6], s[7], s[8], b[1], b[3]]},
    {op: conv_3, skips: [s[0], s[1], s[3], s[5], b[2]]},
    {op: conv_5, skips: [s[2], b[1], b[3], b[5]]}
  ]
  d = [
    {op: conv_5, skips: [t[1], t[5], t[8], t[9], t[10], t[11], t[14]]},
    {op: conv_5, skips: [t[4], t[6], t[8], t[11], t[13], t[16]]},
    {op: sep_5, skips: [t[1], t[2], t[4], t[10], t[12], t[14]]},
    {op: sep_5, skips: [t[1], t[2], t[12], t[13], d[1]]},
    {op: conv_3, skips: [t[0], t[3], t[5], t[6], t[10], t[16], d[0]]},
    {op: sep_5, skips: [t[1], t[3], t[4], t[7], t[9], t[10], t[12], t[13], t[15], d[1]]},
    {op: conv_3, skips: [t[0], t[2], t[4], t[13], t[15], d[1]]},
    {op: conv_3, skips: [t[0], t[1], t[5], t[6], t[7], t[9], t[13], t[15], d[1], d[2]]}
  ]
}

/// Ten random networks of six layers on small digits.
search quick of enas_macro(size: 8, colors: 1, c: 8, per: 2) {
  data      digits(split: shuffled)
  strategy  random
  evaluate  train(epochs: 5, batch: 64, optimizer: sgd(lr: 0.05, momentum: 0.9), schedule: cosine)
  maximize  accuracy
  budget    10 trials
  seed      1
}
